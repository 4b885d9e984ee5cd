export { signWebhook, verifyWebhook } from './webhook.ts';
export type { VerifyWebhookOptions, Webhook, WebhookHeaders } from './webhook.ts';

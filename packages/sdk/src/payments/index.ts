export * from './read.ts';
export { formatRemittance, type RemittanceFormat, type RemittanceInput } from './format-remittance.ts';
export { buildVietqr, crc16, readVietqr, vietqrLayout } from './vietqr.ts';
export type { VietqrLayout, VietqrPayment, VietqrProblem, VietqrReading } from './vietqr.ts';
export { csvRows } from './csv-rows.ts';
export { paymentError } from './payment-error.ts';
export { bilateralBanks, type BilateralBank } from './banks.ts';

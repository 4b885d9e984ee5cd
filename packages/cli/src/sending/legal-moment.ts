/** A deadline as an ISO moment: a day lasts until its end in Vietnam (UTC+7). Undefined when it is no date. */
export function legalMoment(text: string): string | undefined {
  const moment = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59+07:00` : text);
  const shaped = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text);
  return shaped && !Number.isNaN(moment.getTime()) ? moment.toISOString() : undefined;
}

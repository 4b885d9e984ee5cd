const offsetMilliseconds = 7 * 60 * 60 * 1000;

/** The calendar day in Vietnam (UTC+7, no summer time) as `yyyyMMdd`. */
export function vietnamDay(moment: Date): string {
  return new Date(moment.getTime() + offsetMilliseconds).toISOString().slice(0, 10).replaceAll('-', '');
}

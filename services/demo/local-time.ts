/** Days and times of day as people of that portal read them: in Paris. */
const ZONE = 'Europe/Paris';
const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, dateStyle: 'short' });

/** YYYY-MM-DD. */
export const localDay = (timeMs: number): string => DAY.format(timeMs);

const TIME = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, timeStyle: 'medium' });
/** HH:MM:SS. */
export const localTime = (timeMs: number): string => TIME.format(timeMs);

/** `Mon 2 Mar`, `lun. 2 mars`, of YYYY-MM-DD. */
export const dayName = (day: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' }).format(
    Date.parse(`${day}T00:00:00Z`),
  );

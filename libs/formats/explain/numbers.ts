export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A figure for a sentence: whole from ten on, one decimal below, comma in French, a thin group every three digits. */
export function figure(value: number, language: Language): string {
  const rounded = Math.abs(value) >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
  const [whole, decimals] = String(Math.abs(rounded)).split('.');
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, language === 'fr' ? '\u202f' : ',');
  const sign = rounded < 0 ? '-' : '';
  return sign + grouped + (decimals ? (language === 'fr' ? ',' : '.') + decimals : '');
}

/** A share of the score, always with its sign and one decimal: `+8.8`. */
export function share(nats: number, language: Language): string {
  const text = `${nats < 0 ? '-' : '+'}${Math.abs(nats).toFixed(1)}`;
  return language === 'fr' ? text.replace('.', ',') : text;
}

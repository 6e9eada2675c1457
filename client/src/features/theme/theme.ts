/** `auto` follows the system. */
export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export function readTheme(value: unknown): Theme {
  return themes.find((theme) => theme === value) ?? 'auto';
}

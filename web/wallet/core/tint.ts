/** Text colour on a partner's colour: whichever of ink and white contrasts more (WCAG 2.2, relative luminance). */

const INK = "#14102e";
const WHITE = "#ffffff";
/** Where the operator gave no colour, or something that is none. */
const NEUTRAL = "#2d1fd1";

export interface Tint {
  readonly ground: string;
  readonly text: string;
}

export function tint(colour: string | null): Tint {
  const ground = colour && /^#[0-9a-f]{6}$/i.test(colour) ? colour : NEUTRAL;
  return { ground, text: contrast(ground, INK) >= contrast(ground, WHITE) ? INK : WHITE };
}

export function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

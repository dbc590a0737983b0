/** Grey images for the decoder: pure arithmetic on bytes, no canvas, so that it runs in a worker and in a test. */

export interface Grey {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Luma of RGBA pixels, (R + 2 G + B) / 4: what the decoder itself would compute. */
export function fromRgba(rgba: Uint8ClampedArray, width: number, height: number): Grey {
  const data = new Uint8Array(width * height);
  for (let from = 0, to = 0; to < data.length; from += 4, to++) {
    data[to] = (rgba[from]! + 2 * rgba[from + 1]! + rgba[from + 2]!) >> 2;
  }
  return { data, width, height };
}

// A glare spot or a black border must not set the range: this share of the pixels is let go at each end.
const CLIPPED = 0.02;
const SAMPLE_EVERY = 7;

/**
 * Spread the greys between the 2nd and the 98th percentile over 0…255. A screen behind glass or a letter under a
 * weak lamp uses a third of the range, too little for the decoder's local thresholds.
 */
export function stretch({ data, width, height }: Grey): Grey {
  const counts = new Uint32Array(256);
  let seen = 0;
  for (let i = 0; i < data.length; i += SAMPLE_EVERY, seen++) counts[data[i]!]!++;
  const low = percentile(counts, seen * CLIPPED);
  const high = percentile(counts, seen * (1 - CLIPPED));
  if (high <= low) return { data, width, height };
  const table = new Uint8ClampedArray(256);
  for (let value = 0; value < 256; value++) table[value] = ((value - low) * 255) / (high - low);
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = table[data[i]!]!;
  return { data: out, width, height };
}

function percentile(counts: Uint32Array, wanted: number): number {
  let sum = 0;
  for (let value = 0; value < 256; value++) {
    sum += counts[value]!;
    if (sum > wanted) return value;
  }
  return 255;
}

/** Box-filter to another size (bilinear when it grows): fewer pixels also means less noise for a big, near code. */
export function resize(source: Grey, factor: number): Grey {
  const width = Math.round(source.width * factor);
  const height = Math.round(source.height * factor);
  return factor < 1 ? shrink(source, width, height) : grow(source, width, height);
}

function shrink({ data, width: from, height: rows }: Grey, width: number, height: number): Grey {
  const out = new Uint8Array(width * height);
  const lefts = Array.from({ length: width + 1 }, (_, x) => Math.floor((x * from) / width));
  for (let y = 0, to = 0; y < height; y++) {
    const top = Math.floor((y * rows) / height);
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * rows) / height));
    for (let x = 0; x < width; x++, to++) {
      const left = lefts[x]!;
      const right = Math.max(left + 1, lefts[x + 1]!);
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        for (let at = row * from + left, end = row * from + right; at < end; at++) sum += data[at]!;
      }
      out[to] = sum / ((bottom - top) * (right - left));
    }
  }
  return { data: out, width, height };
}

function grow({ data, width: from, height: rows }: Grey, width: number, height: number): Grey {
  const out = new Uint8Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    const sy = Math.min(rows - 1.001, Math.max(0, ((y + 0.5) * rows) / height - 0.5));
    const top = Math.floor(sy) * from;
    const fy = sy - Math.floor(sy);
    for (let x = 0; x < width; x++, to++) {
      const sx = Math.min(from - 1.001, Math.max(0, ((x + 0.5) * from) / width - 0.5));
      const at = top + Math.floor(sx);
      const fx = sx - Math.floor(sx);
      const above = data[at]! * (1 - fx) + data[at + 1]! * fx;
      const below = data[at + from]! * (1 - fx) + data[at + from + 1]! * fx;
      out[to] = above * (1 - fy) + below * fy;
    }
  }
  return { data: out, width, height };
}

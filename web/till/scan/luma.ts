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
  const columns = places(from, width);
  const lines = places(rows, height);
  for (let y = 0, to = 0; y < height; y++) {
    const top = lines.at[y]! * from;
    const down = lines.part[y]!;
    for (let x = 0; x < width; x++, to++) {
      const at = top + columns.at[x]!;
      const right = columns.part[x]!;
      const above = data[at]! * (256 - right) + data[at + 1]! * right;
      const below = data[at + from]! * (256 - right) + data[at + from + 1]! * right;
      out[to] = (above * (256 - down) + below * down) >> 16;
    }
  }
  return { data: out, width, height };
}

/** For each place of the bigger line, the place before it on the smaller one, and the way to the next in 1/256. */
function places(from: number, to: number): { at: Uint16Array; part: Uint16Array } {
  const [at, part] = [new Uint16Array(to), new Uint16Array(to)];
  for (let i = 0; i < to; i++) {
    const exact = Math.min(from - 1.001, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    at[i] = Math.floor(exact);
    part[i] = (exact - at[i]!) * 256;
  }
  return { at, part };
}

/** The mean of each pixel and its eight neighbours; the outermost pixels stay as they are. */
function blur({ data, width, height }: Grey): Grey {
  const sums = new Uint16Array(data.length);
  for (let i = 1; i < data.length - 1; i++) sums[i] = data[i - 1]! + data[i]! + data[i + 1]!;
  const out = new Uint8Array(data);
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1, end = i + width - 2; i < end; i++) {
      out[i] = (sums[i - width]! + sums[i]! + sums[i + width]!) / 9;
    }
  }
  return { data: out, width, height };
}

const SHARPER = 1.5;

/** Smooth the camera's noise, then raise what differs from its surroundings: for a blurred or noisy picture. */
export function sharpen(source: Grey): Grey {
  const smooth = blur(blur(source));
  const around = blur(blur(blur(smooth)));
  const out = new Uint8ClampedArray(source.data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = smooth.data[i]! * (1 + SHARPER) - around.data[i]! * SHARPER;
  }
  return { ...source, data: new Uint8Array(out.buffer) };
}

// PNG as far as our pictures need it (https://www.w3.org/TR/png-3/): reads what Chromium writes, and writes small files.
import { crc32, deflateSync, inflateSync } from "node:zlib";

export type Picture = { width: number; height: number; /** Three bytes a pixel. */ rgb: Buffer };

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const TRUE_COLOUR = 2;
const TRUE_COLOUR_ALPHA = 6;
const PALETTE = 3;

/** Reads a picture of 8 bits a channel; transparency is ignored. */
export function decode(png: Buffer): Picture {
  const data: Buffer[] = [];
  let header = Buffer.alloc(0);
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const [kind, body] = [png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + length)];
    if (kind === "IHDR") header = Buffer.from(body);
    if (kind === "IDAT") data.push(body);
    at += length + 12;
  }
  const [width, height, depth, colour] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
  if (depth !== 8 || (colour !== TRUE_COLOUR && colour !== TRUE_COLOUR_ALPHA)) throw new Error(`PNG of kind ${colour}, ${depth} bits`);
  const size = colour === TRUE_COLOUR ? 3 : 4;
  const rows = unfilter(inflateSync(Buffer.concat(data)), width * size, height, size);
  const rgb = Buffer.alloc(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) rows.copy(rgb, pixel * 3, pixel * size, pixel * size + 3);
  return { width, height, rgb };
}

/** Undoes the filter of each row. */
function unfilter(raw: Buffer, length: number, height: number, size: number): Buffer {
  const out = Buffer.alloc(length * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (length + 1)];
    for (let x = 0; x < length; x++) {
      const left = x >= size ? out[y * length + x - size] : 0;
      const up = y > 0 ? out[(y - 1) * length + x] : 0;
      const corner = x >= size && y > 0 ? out[(y - 1) * length + x - size] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      out[y * length + x] = raw[y * (length + 1) + 1 + x] + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** The colours of a picture and its rows of indexes into them, compressed. */
export function indexed({ width, height, rgb }: Picture) {
  for (const step of [8, 16, 32]) {
    const coarse = (value: number) => Math.min(255, Math.round(value / step) * step);
    const places = new Map<number, number>();
    const rows = Buffer.alloc((width + 1) * height);
    for (let pixel = 0; pixel < width * height; pixel++) {
      const [r, g, b] = [coarse(rgb[pixel * 3]), coarse(rgb[pixel * 3 + 1]), coarse(rgb[pixel * 3 + 2])];
      const colour = (r << 16) | (g << 8) | b;
      const place = places.get(colour) ?? places.size;
      places.set(colour, place);
      rows[Math.floor(pixel / width) * (width + 1) + 1 + (pixel % width)] = place;
    }
    if (places.size > 256) continue;
    const palette = Buffer.concat([...places.keys()].map((colour) => number(colour).subarray(1)));
    return { palette, data: deflateSync(rows, { level: 9 }) };
  }
  throw new Error("too many colours");
}

/** Writes a picture with at most 256 colours. Each channel keeps about five bits: nobody sees the difference. */
export function encode(picture: Picture): Buffer {
  const { palette, data } = indexed(picture);
  return file([header(picture.width, picture.height, PALETTE), chunk("PLTE", palette), chunk("IDAT", data)]);
}

export const file = (chunks: Buffer[]) => Buffer.concat([SIGNATURE, ...chunks, chunk("IEND", Buffer.alloc(0))]);

export function header(width: number, height: number, colour = TRUE_COLOUR): Buffer {
  return chunk("IHDR", Buffer.concat([number(width), number(height), Buffer.from([8, colour, 0, 0, 0])]));
}

export function number(value: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(value);
  return body;
}

export function chunk(kind: string, body: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(kind, "latin1"), body]);
  return Buffer.concat([number(body.length), content, number(crc32(content))]);
}

// Joins pictures into a moving one: Animated PNG, the format that every browser shows where it shows PNG
// (https://www.w3.org/TR/png-3/#apng-frame-based-animation).
import { deflateSync } from "node:zlib";
import { chunk, decode, file, header, number, type Picture } from "../support/png.ts";

export type Frame = { png: Buffer; ms: number };

/** The part of a picture that differs from the one before. */
type Area = { left: number; top: number; width: number; height: number };

/** Returns the moving picture. It repeats for ever. */
export function animation(frames: Frame[]): Buffer {
  const pictures = frames.map(({ png }) => decode(png));
  const [first] = pictures;
  let sequence = 0;
  const parts = pictures.flatMap((picture, place) => {
    if (picture.width !== first.width || picture.height !== first.height) throw new Error("the pictures differ in size");
    const area = place === 0 ? { left: 0, top: 0, ...size(first) } : changed(pictures[place - 1], picture);
    const frame = chunk("fcTL", timing(sequence++, area, frames[place].ms));
    const data = deflateSync(rows(picture, area), { level: 9 });
    // The first picture is also the one that programs without animation show.
    if (place === 0) return [frame, chunk("IDAT", data)];
    return [frame, chunk("fdAT", Buffer.concat([number(sequence++), data]))];
  });
  const control = Buffer.concat([number(frames.length), number(0)]);
  return file([header(first.width, first.height), chunk("acTL", control), ...parts]);
}

const size = ({ width, height }: Picture) => ({ width, height });

function changed(before: Picture, now: Picture): Area {
  let [left, top, right, bottom] = [now.width, now.height, -1, -1];
  const length = now.width * 3;
  for (let y = 0; y < now.height; y++) {
    const [old, row] = [before, now].map(({ rgb }) => rgb.subarray(y * length, (y + 1) * length));
    if (old.equals(row)) continue;
    const first = row.findIndex((value, place) => value !== old[place]);
    const last = row.findLastIndex((value, place) => value !== old[place]);
    [left, right] = [Math.min(left, Math.floor(first / 3)), Math.max(right, Math.floor(last / 3))];
    [top, bottom] = [Math.min(top, y), y];
  }
  // An area may not be empty.
  if (right < 0) return { left: 0, top: 0, width: 1, height: 1 };
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The rows of an area, each as the difference from the row above (filter 2), which makes repeated rows vanish. */
function rows({ width, rgb }: Picture, area: Area): Buffer {
  const length = area.width * 3;
  const out = Buffer.alloc((length + 1) * area.height);
  for (let y = 0; y < area.height; y++) {
    const at = ((area.top + y) * width + area.left) * 3;
    out[y * (length + 1)] = 2;
    for (let x = 0; x < length; x++) {
      out[y * (length + 1) + 1 + x] = rgb[at + x] - (y > 0 ? rgb[at - width * 3 + x] : 0);
    }
  }
  return out;
}

function timing(sequence: number, { left, top, width, height }: Area, ms: number): Buffer {
  const delay = Buffer.alloc(6);
  delay.writeUInt16BE(ms, 0);
  delay.writeUInt16BE(1000, 2);
  return Buffer.concat([number(sequence), number(width), number(height), number(left), number(top), delay]);
}

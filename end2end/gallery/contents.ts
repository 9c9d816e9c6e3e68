// The table of all pictures: target/gallery/index.html.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { GALLERY, NARROW, THEMES, WIDE } from "./camera.ts";

const list = (path: string) => (existsSync(path) ? readdirSync(path) : []);

export default function write() {
  const languages = list(GALLERY).filter((name) => !name.includes("."));
  const views = languages.flatMap((language) =>
    [NARROW, WIDE].flatMap((width) => THEMES.map((theme) => `${language}/${theme}-${width}`)),
  );
  const pictures = new Map(views.map((view) => [view, new Set(list(`${GALLERY}/${view}`))]));
  const names = [...new Set([...pictures.values()].flatMap((files) => [...files]))].sort();
  const cell = (view: string, file: string) =>
    pictures.get(view)?.has(file)
      ? `<td><a href="${view}/${file}"><img src="${view}/${file}" alt="${file}" loading="lazy"></a></td>`
      : "<td></td>";
  const rows = names.map((file) => `<tr><th>${file.replace(".png", "")}</th>${views.map((view) => cell(view, file)).join("")}</tr>`);
  const head = `<tr><th></th>${views.map((view) => `<th>${view}</th>`).join("")}</tr>`;
  const style = "body{font:14px sans-serif}th{text-align:start;position:sticky;inset:0 auto auto 0;background:#fff}td{vertical-align:top}img{inline-size:12rem;border:1px solid #ccc}";
  const page = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Gallery</title><style>${style}</style><table><thead>${head}</thead><tbody>${rows.join("\n")}</tbody></table></html>`;
  if (existsSync(GALLERY)) writeFileSync(`${GALLERY}/index.html`, page);
}

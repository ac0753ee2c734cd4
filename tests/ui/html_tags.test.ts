import { expect, it } from "vitest";
import { tagsIn, unquoted } from "../../labextension/src/results/html_tags";

/// The addresses of images, by their `src`.
const sources = (html: string) =>
  [...tagsIn(html, ["img"])].map(({ attributes }) => {
    const source = attributes.find(({ name }) => name === "src");
    if (source) expect(html.slice(source.from).startsWith(source.written)).toBe(true);
    return source && unquoted(source.written);
  });

it.each([
  ['<img alt="a > b" src="x.png">', "x.png"],
  ["<img alt='a > \"b' src='x.png'>", "x.png"],
  ["<img alt=it's src=x.png>", "x.png"],
  ["<IMG\nSRC = x.png/>", "x.png/"],
  ['<img/src="x.png"/>', "x.png"],
  ['<img src="x.png"src="y.png">', "x.png"],
  ["<img alt src=x.png>", "x.png"],
  ['<img data-src="y.png" src="x.png">', "x.png"],
  ['<img title="src=y.png" src=x.png>', "x.png"],
  ['<img alt="<img src=y.png>" src="x.png">', "x.png"],
  ['<!-- <img src="y.png> --><img src=x.png>', "x.png"],
  ["<script>/* <!-- */ f('<img src=\"x.png\">') /* --> */</script>", "x.png"],
  ["the code `<!--`, and <img src=x.png>", "x.png"],
  ["`<script>`, a < b, and <y <img src=x.png>", "x.png"],
])("has the address of %s", (html, source) => {
  expect(sources(html)).toEqual([source]);
});

it.each(["<image src=x.png>", "<img src=x.png", "<!-- <img src=x.png> -->"])(
  "has none of %s",
  html => {
    expect(sources(html)).toEqual([]);
  },
);

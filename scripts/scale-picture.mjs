// Draws what `npm run bench:scale -- --buffers --json FILE` found: node scripts/scale-picture.mjs FILE.json PICTURE.svg
import { readFileSync, writeFileSync } from 'node:fs';

const [from, to] = process.argv.slice(2);
if (!from || !to) {
  console.error('Usage: node scripts/scale-picture.mjs FILE.json PICTURE.svg');
  process.exit(2);
}
const stores = JSON.parse(readFileSync(from, 'utf8'));
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [760, 360, 60, 240, 40, 50];
const COLOURS = ['#0b6e99', '#c2410c', '#15803d', '#7e22ce', '#b91c1c'];

const sizes = stores.map(({ segments }) => Math.log10(segments));
const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
const lines = Object.keys(stores[0].pages)
  .map((name) => ({ name, pages: stores.map(({ pages }) => pages[name].median) }))
  .sort((a, b) => b.pages.at(-1) - a.pages.at(-1));
const highest = Math.ceil(lines[0].pages.at(-1) / 100) * 100;
const x = (size) => LEFT + ((size - least) / (most - least)) * (WIDTH - LEFT - RIGHT);
const y = (pages) => HEIGHT - BOTTOM - (pages / highest) * (HEIGHT - TOP - BOTTOM);
const number = (value) => value.toLocaleString('en');

/** Heights of the names beside the ends of the lines, kept apart. */
const heights = [];
for (const { pages } of lines) heights.push(Math.max(y(pages.at(-1)), (heights.at(-1) ?? -Infinity) + 16));

const drawn = lines.map(({ name, pages }, index) => {
  const colour = COLOURS[index % COLOURS.length];
  const points = pages.map((count, store) => `${x(sizes[store]).toFixed(1)},${y(count).toFixed(1)}`);
  const marks = points.map((point) => `<circle cx="${point.replace(',', '" cy="')}" r="3" fill="${colour}"/>`);
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${marks.join('')}
<text x="${WIDTH - RIGHT + 10}" y="${(heights[index] + 4).toFixed(1)}" fill="${colour}">${pages.at(-1)}: ${name}</text>`;
});
const across = Array.from({ length: highest / 100 + 1 }, (_, hundreds) => hundreds * 100).map(
  (pages) =>
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(pages).toFixed(1)}" y2="${y(pages).toFixed(1)}" stroke="#cbd5e1"/>
<text x="${LEFT - 8}" y="${(y(pages) + 4).toFixed(1)}" text-anchor="end">${pages}</text>`,
);
const below = stores.map(
  ({ segments }, store) =>
    `<text x="${x(sizes[store]).toFixed(1)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${number(segments)}</text>`,
);

writeFileSync(
  to,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>Pages of 8 kB that PostgreSQL touches for a statement, by number of segments</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<g fill="#334155">
<text x="${LEFT}" y="18">Pages of 8 kB that PostgreSQL touches for a statement (median)</text>
${[...across, ...below].join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">segments in the store, on a logarithmic scale</text>
</g>
${drawn.join('\n')}
</svg>
`,
);

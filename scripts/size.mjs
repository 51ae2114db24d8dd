// `npm run size -- --channels 100 --segment 2 --days 365`: what a store of that size needs, out of figures that were measured.
import { parseSize, sizeOf, tableOf } from './sizing.mjs';
import { readOptions, refuse } from './options.mjs';

const usage = `Usage: npm run size -- --channels N --segment SECONDS --days N [options]

What a store needs: cores, memory, disk and database. An estimate out of measured figures (docs/scaling.md, "Sizing").
  --channels N       channels recorded without a break
  --segment SECONDS  length of a Segment
  --days N           how long Segments are kept
  --flows N          Flows of a channel: picture, sound, ... (default 2)
  --mbit N           bit rate of a channel with all its Flows, in Mbit/s (default 10)
  --readers N        clients that ask for a page of the newest Segments once a Segment (default one a channel)
  --json             everything as JSON, the figures it is made of among it`;
const number = { type: 'string' };
const { values } = readOptions(usage, {
  channels: number,
  segment: number,
  days: number,
  flows: number,
  mbit: number,
  readers: number,
  json: { type: 'boolean' },
});

let store;
try {
  store = parseSize(values);
} catch (error) {
  refuse(error.message, usage);
}
const needs = sizeOf(store);
console.log(values.json ? JSON.stringify(needs, undefined, 2) : tableOf(needs));

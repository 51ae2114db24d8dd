// Preloaded (node --import) into the server that `npm run bench:telemetry` compares with: whatever the built server imports
// from libs/telemetry comes from telemetry-stub.mts instead. The product itself has no way to turn telemetry off.
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const stub = new URL('telemetry-stub.mts', import.meta.url).href;
const library = pathToFileURL(`${process.cwd()}/dist/apps/tams-api/libs/telemetry/src/`).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@tams/telemetry') return { url: `${library}index.js`, shortCircuit: true };
    const resolved = next(specifier, context);
    const inside = context.parentURL?.startsWith(library) ?? false;
    return resolved.url === `${library}index.js` && !inside ? { ...resolved, url: stub, format: undefined } : resolved;
  },
});

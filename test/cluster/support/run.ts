/** Whether this is the long run (`--long`): each fault ten times. */
export const CLUSTER_LONG = process.env['CLUSTER_LONG'] === 'true';

/** Repeats the choices of a run. */
export const CLUSTER_SEED = Number(process.env['CLUSTER_SEED'] ?? 1);

/** Where the API document lists the operations of this library. */
export const CONSOLE_TAG = 'Console';

/** Ends every description: these operations are ours. */
export const EXTENSION = 'An extension of this server: not part of the TAMS specification.';

export const INVALID_QUERY = 'A query parameter is not valid; `errors` says which.';

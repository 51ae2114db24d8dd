import packageDescription from '../../../package.json';

/** Version of this server, as package.json says. */
export const version: string = packageDescription.version;

import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const hostName = /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,62})\.)*[a-z0-9_][a-z0-9_-]{0,62}$/;

/** A comma-separated list of host names, `*.domain`s, IP addresses and CIDRs. */
export const hostList = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== ''),
  )
  .refine(
    (entries) => entries.every((entry) => hostName.test(entry) || ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry)),
    'must be a comma-separated list of host names, *.domains, IP addresses and CIDRs',
  );

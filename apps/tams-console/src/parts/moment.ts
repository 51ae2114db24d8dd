/** A moment of the server for people, in their own time, plainly labelled. */
export function writeDate(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
}

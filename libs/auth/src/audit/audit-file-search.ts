import { type FileHandle, open } from 'node:fs/promises';
import { isSought, soughtTexts } from './audit-match';
import { type AuditFindings, auditLine, type AuditLine, type AuditQuestion } from './audit.schema';

/** Read at once, in bytes; far longer than any line. */
const BLOCK_BYTES = 256 * 1024;
/** Most that one search reads, in bytes: who asks for more reads on. */
const SEARCHED_BYTES = 32 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a file of audit lines from its end. Positions are bytes of the file; what is no line of ours is passed over.
 * @throws {Error} when the file cannot be read
 */
export async function searchFile(path: string, question: AuditQuestion): Promise<AuditFindings> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    let position = Math.min(question.before ?? size, size);
    const lowest = Math.max(0, position - SEARCHED_BYTES);
    const lines: AuditLine[] = [];
    while (position > lowest && lines.length < question.limit)
      position = await searchBlock(file, position, question, lines);
    return { kept_in: 'file', lines, ...(position > 0 && { next: position }) };
  } finally {
    await file.close();
  }
}

/**
 * Adds what is found in the block before a position, until there is enough.
 * @returns the position before which nothing was looked at
 */
async function searchBlock(
  file: FileHandle,
  position: number,
  question: AuditQuestion,
  found: AuditLine[],
): Promise<number> {
  const start = Math.max(0, position - BLOCK_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(position - start), 0, position - start, start);
  const block = buffer.subarray(0, bytesRead);
  const newline = block.indexOf(NEWLINE);
  // The first line may have begun in the block before, which reads it then; one that fills a block is none of ours.
  const first = start === 0 || newline === block.length - 1 ? 0 : newline + 1;
  const texts = soughtTexts(question);
  if (texts.some((text) => !block.includes(text))) return first === 0 ? start : start + first;
  let end = block.length;
  while (end > first && found.length < question.limit) {
    const begin = Math.max(first, end < 2 ? 0 : block.lastIndexOf(NEWLINE, end - 2) + 1);
    const line = readLine(block.toString('utf8', begin, end), texts);
    if (line && isSought(line, question)) found.push(line);
    end = begin;
  }
  return start + end;
}

function readLine(text: string, texts: readonly string[]): AuditLine | undefined {
  if (texts.some((sought) => !text.includes(sought))) return undefined;
  try {
    return auditLine.safeParse(JSON.parse(text)).data;
  } catch {
    // A line that a full disk cut short.
    return undefined;
  }
}

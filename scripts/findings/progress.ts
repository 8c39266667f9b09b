import type { WriteStream } from 'node:tty';
import type { Progress } from '../../test/proofs/finding.ts';

/** One line that changes on a terminal, a line after another elsewhere. */
export function progressOn(stream: WriteStream): { readonly tell: Progress; clear(): void } {
  if (!stream.isTTY) return { tell: (line) => stream.write(`${line}\n`), clear: () => {} };
  const wipe = '\r\u001b[2K';
  return {
    tell: (line) => stream.write(wipe + line.slice(0, (stream.columns || 80) - 1)),
    clear: () => stream.write(wipe),
  };
}

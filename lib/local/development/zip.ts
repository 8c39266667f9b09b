import { crc32 } from 'node:zlib';

/** A zip archive of stored (uncompressed) files by name: what Lambda takes as code. The same files, the same bytes. */
export function zip(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [fileName, content] of Object.entries(files)) {
    const { local, entry } = stored(Buffer.from(fileName), Buffer.from(content), offset);
    parts.push(local);
    directory.push(entry);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

function stored(name: Buffer, content: Buffer, offset: number): { readonly local: Buffer; readonly entry: Buffer } {
  // What local header and directory entry share: version 2.0, no flags, stored, 1980-01-01, sizes and name length.
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt16LE(0x21, 8);
  shared.writeUInt32LE(crc32(content), 10);
  shared.writeUInt32LE(content.length, 14);
  shared.writeUInt32LE(content.length, 18);
  shared.writeUInt16LE(name.length, 22);
  const position = Buffer.alloc(14); // no comment, disk 0, no attributes, where the local header begins
  position.writeUInt32LE(offset, 10);
  return {
    local: Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, name, content]),
    entry: Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, position, name]),
  };
}

/** What a compiled file or a declaration imports, statically or not, in either format. Examples in comments don't count. */
export function importedIn(text: string): readonly string[] {
  const code = text.replace(/^\s*\*.*$/gm, '');
  const found = code.matchAll(/(?:\bfrom |\bimport |\bimport\(|\brequire\()(["'])(?<name>[^"'\n]+)\1/g);
  return [...new Set([...found].map(({ groups }) => groups?.name ?? ''))];
}

/** What a compiled file or a declaration imports, statically or not, in either format. */
export const importedIn = (text: string): readonly string[] => [
  ...new Set(
    [...text.matchAll(/(?:\bfrom |\bimport |\bimport\(|\brequire\()(["'])(?<name>[^"'\n]+)\1/g)].map(
      ({ groups }) => groups?.name ?? '',
    ),
  ),
];

/** A filter of one chain, as ours are written; its first rule is on line 6. */
export const filterWith = (...rules: readonly string[]): string =>
  `table inet citydc
delete table inet citydc
table inet citydc {
  chain forward {
    type filter hook forward priority filter; policy drop;
${rules.map(rule => `    ${rule}\n`).join('')}  }
}
`;

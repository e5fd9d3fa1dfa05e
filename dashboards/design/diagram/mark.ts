/** A further class for what has this short permanent name (`s1`, `n67`, `x64`, `e131`, `l12`), to colour or to annotate it. */
export type DrawnMark = (name: string) => string | undefined;

export const unmarked: DrawnMark = () => undefined;

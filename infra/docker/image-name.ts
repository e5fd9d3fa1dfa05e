/** The image in Docker: its tag is the digest of its recipe, as the lab's folder is named. */
export const REPOSITORY = 'citydc';

export const imageName = (digest: string): string => `${REPOSITORY}:${digest}`;

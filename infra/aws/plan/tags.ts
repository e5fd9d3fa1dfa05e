/** Tags of what is deployed. Pure. */

/** The tag, and its value, of everything in the daily backup plan, which also copies it to the other region. */
export const BACKUP_TAG = 'backup';
export const DAILY = 'daily';

export interface Ownership {
  readonly owner: string;
  readonly tier: string;
}

/** The characters that AWS takes in a tag. */
export const taggable = (text: string): string => text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '');

/** A site's database as its stack has it: what the template states, and what a copy is brought to that a handover makes in its place. Pure. */

import type { City } from '../../city/model.js';
import type { AwsPlan } from '../../city/targets/aws/plan.js';
import { aliasArn, type SiteOnAws, siteNames } from './names.js';
import { protectionOf } from './protection.js';
import { BACKUP_TAG, DAILY, taggable } from './tags.js';
import { dailyWindow, weeklyWindow } from './windows.js';

/**
 * The city's nightly backups begin at 22:00, and AWS Backup may start none from an hour before RDS's own two windows until their end.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/troubleshooting.html
 */
const BACKUP_WINDOW = { startMinute: 2 * 60 + 30, minutes: 30 } as const;
const MAINTENANCE_WINDOW = { startMinute: 3 * 60 + 30, minutes: 30 } as const;

/** Storage grows by itself, up to so many times what the inventory states. */
const GROWTH = 4;

/** Settings of an instance of its own: RDS gives a new copy none of them. */
export interface DatabaseSettings {
  readonly parameterGroup: string;
  /** Days of point-in-time recovery; a copy has the setting, too, for when it is promoted. */
  readonly retentionDays: number;
  readonly mostStorageGib: number;
  /** Whether a standby is kept in a second zone. */
  readonly twoZones: boolean;
  /** UTC, as `19:30-20:00` and `sat:20:30-sat:21:00`. */
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
}

type Deployed = City & { readonly aws: AwsPlan };

/** The settings that the stack of a site states. */
export function databaseSettings({ aws, timeZone }: Deployed, place: SiteOnAws): DatabaseSettings {
  return {
    parameterGroup: siteNames(place).database,
    retentionDays: aws.database.retentionDays,
    mostStorageGib: GROWTH * aws.database.storageGib,
    twoZones: place.role === 'primary' || aws.posture === 'warm-standby',
    backupWindow: dailyWindow(timeZone, BACKUP_WINDOW),
    maintenanceWindow: weeklyWindow(timeZone, 'sun', MAINTENANCE_WINDOW),
  };
}

/** What RDS takes when it makes a copy, and keeps. */
export const databaseTraits = ({ aws }: Deployed, place: SiteOnAws) =>
  ({
    identifier: siteNames(place).database,
    instance: aws.database.instance,
    subnetGroup: siteNames(place).database,
    /** The key of the site, by its alias. */
    keyArn: aliasArn(place),
    monitoringRole: siteNames(place).databaseMonitoringRole,
    monitoringSeconds: 60,
    logs: ['postgresql', 'upgrade'],
    isProtected: protectionOf(aws).deletion,
  }) as const;

/** The tier of the common database: the strictest of the systems with state. */
export const databaseTier = ({ tiers, systems }: City): string => {
  const used = tiers.filter(({ name }) => systems.some(({ tier, state }) => tier === name && state === 'database'));
  return used.toSorted((a, b) => a.ceiling.rtoSeconds - b.ceiling.rtoSeconds)[0]?.name ?? 'shared';
};

/** Its tags. */
export const databaseTags = (city: Deployed): Readonly<Record<string, string>> => ({
  owner: taggable(city.aws.owner),
  tier: databaseTier(city),
  [BACKUP_TAG]: DAILY,
});

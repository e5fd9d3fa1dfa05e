/**
 * AWS in memory: what is requested takes a while, and a clock that only waiting moves.
 *
 * Over 300 lines: one class is the whole world of a handover.
 */

import { databaseSettings } from '../../../infra/aws/plan/database.js';
import type { SiteOnAws } from '../../../infra/aws/plan/names.js';
import type { Change, Mark } from '../../../runbooks/handover/change.js';
import type { Cloud } from '../../../runbooks/handover/cloud.js';
import type { Pace } from '../../../runbooks/handover/engine.js';
import { admittedAt, alarmsAt, type Handover, restingTasks, titleOf, type Verb } from '../../../runbooks/handover/handover.js';
import { copyRequest, settledBy } from '../../../runbooks/handover/sdk/copy.js';
import type { DatabaseFacts, HealthCheck, Ingress, ServiceFacts, SiteFacts } from '../../../runbooks/handover/situation.js';
import { deployed } from '../../aws/deployments.js';
import { refusalOf } from '../../aws/refusals.js';
import { smallCity } from '../../site/cities.js';

const { city, primary, backup } = deployed(smallCity);

/** A handover of the toy city; `to` is where it goes. */
export function handover(verb: Verb, to: 'primary' | 'backup', accepted: Accepted = {}): Handover {
  const [from, taking] = to === 'backup' ? [primary, backup] : [backup, primary];
  const serving = accepted.serving && { primary, backup }[accepted.serving];
  return { verb, city, from, to: taking, unreachable: false, unfenced: false, loss: false, ...accepted, serving };
}

type Accepted = Partial<Pick<Handover, 'unreachable' | 'unfenced' | 'loss'> & { readonly serving: 'primary' | 'backup' }>;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface ToySite {
  database: Writable<DatabaseFacts> | null;
  before: boolean;
  ingress: readonly Ingress[];
  services: Writable<ServiceFacts>[];
  reachable: boolean;
  /** Who is in the database: what was let in stays in when its rule goes, and ends with the engine. */
  connected: Set<'applications' | 'others'>;
}

/** In these no engine runs; in every other it may, also in those unheard of. */
const AT_REST: readonly string[] = [
  'creating',
  'rebooting',
  'starting',
  'stopped',
  'inaccessible-encryption-credentials',
  'inaccessible-encryption-credentials-recoverable',
];
/** In these it takes orders. */
const OBEYS: readonly string[] = ['available', 'storage-optimization'];

/** Thrown in place of SIGKILL. */
export class Killed extends Error {}

const SLOW_MS = 30_000;
/** What RDS refuses while a database is busy. */
const ORDERS: readonly string[] = ['reboot', 'promote', 'second-zone', 'set-aside', 'settle'];

export class ToyAws {
  atMs = Date.parse('2026-11-25T08:00:00Z');
  readonly sites = new Map<SiteOnAws, ToySite>();
  readonly performed: string[] = [];
  /** Anything that must never be, as it was seen. */
  readonly broken: string[] = [];
  checks: HealthCheck[];
  /** Changes until the process dies; `after`: when the change has been accepted already. */
  dieAt: { readonly change: number; readonly after: boolean } | undefined;
  /** An operator has decided between two that write, or has made them so. */
  #excused = false;
  readonly #later: { readonly atMs: number; readonly act: () => void }[] = [];

  constructor() {
    for (const place of [primary, backup]) this.sites.set(place, this.#fresh(place));
    const both = handover('failover', 'backup');
    // Each site has the whole zone, with health checks of its own for the alarms of both.
    this.checks = [primary, backup].flatMap(zone =>
      [primary, backup].flatMap(place =>
        alarmsAt(both, place).map(
          (alarm, index): HealthCheck => ({ id: `${zone.prefix}/${place.prefix}-${index}`, alarm, region: place.region, held: 'alarm' }),
        ),
      ),
    );
  }

  #fresh(place: SiteOnAws): ToySite {
    const both = handover('failover', 'backup');
    const copyOf = place === primary ? undefined : 'arn:of-the-primary';
    return {
      database: {
        status: 'available',
        copyOf,
        createdMs: this.atMs - 86_400_000,
        settings: databaseSettings(city, place),
        parameters: 'in-sync',
        restartAskedMs: undefined,
        fencedSinceMs: undefined,
        writerSinceMs: undefined,
      },
      before: false,
      ingress: admittedAt(both, place).map((rule, index) => ({ ...rule, id: `rule-${index}`, group: place.prefix })),
      services: restingTasks(both, place).map(({ system, tasks }) => ({ system, desired: tasks, running: tasks })),
      reachable: true,
      connected: new Set(),
    };
  }

  site(role: 'primary' | 'backup'): ToySite {
    return this.sites.get(role === 'primary' ? primary : backup) as ToySite;
  }

  /** Sites whose database takes writes and lets a session in. */
  writers(): readonly string[] {
    return [...this.sites]
      .filter(([, { database, ingress }]) => database !== null && database.copyOf === undefined && ingress.length > 0)
      .map(([place]) => titleOf(place));
  }

  /** Where Route 53 leads offices: to the primary while it is healthy, and when none is. */
  leadsTo(): string {
    const [first, second] = [primary, backup].map(({ prefix }) =>
      this.#leadsIn(this.checks.filter(({ id }) => id.startsWith(`${prefix}/`))),
    );
    return first === second ? `${first}` : `${first} or ${second}`;
  }

  #leadsIn(zone: readonly HealthCheck[]): string {
    const isHealthy = (place: SiteOnAws) => zone.filter(({ region }) => region === place.region).every(check => this.#says(check, place));
    return titleOf(isHealthy(primary) || !isHealthy(backup) ? primary : backup);
  }

  #says({ held }: HealthCheck, place: SiteOnAws): boolean {
    if (held !== 'alarm') return held === 'here';
    return this.sites.get(place)?.services.some(({ running }) => running > 0) ?? false;
  }

  /** Promoted without us: no fence, no mark. */
  promoteByOthers(role: 'primary' | 'backup'): void {
    const { database } = this.site(role);
    if (database === null) throw new Error('no database');
    database.copyOf = undefined;
    this.#excused = true;
    this.#settled();
  }

  cloud(of: Handover): Cloud {
    return {
      look: async () => ({ nowMs: this.atMs, from: this.#facts(of.from, of.to), to: this.#facts(of.to, of.from), checks: this.checks }),
      perform: async change => {
        const dies = this.dieAt?.change === this.performed.length ? this.dieAt : undefined;
        if (dies?.after === false) throw new Killed();
        const taken = this.#perform(of, change);
        if (taken) this.performed.push(change.do);
        this.#settled();
        if (dies !== undefined) throw new Killed();
        return taken ? 'taken' : 'not-yet';
      },
    };
  }

  pace(notes: string[] = []): Pace {
    return {
      nowMs: () => this.atMs,
      sleep: async ms => this.pass(ms),
      progress: () => {},
      note: text => void notes.push(text),
    };
  }

  /** Time passes, and what was requested comes about. */
  pass(ms: number): void {
    this.atMs += ms;
    for (const { act } of this.#later.filter(({ atMs }) => atMs <= this.atMs)) act();
    const left = this.#later.filter(({ atMs }) => atMs > this.atMs);
    this.#later.splice(0, this.#later.length, ...left);
    this.#settled();
  }

  /** Something comes about after a while. */
  after(ms: number, act: () => void): void {
    this.#later.push({ atMs: this.atMs + ms, act });
  }

  #soon(act: () => void): void {
    this.after(SLOW_MS, act);
  }

  /** Sessions that may come in do, those that must go do; and then none may be writing on two timelines. */
  #settled(): void {
    for (const site of this.sites.values()) {
      if (site.database === null || AT_REST.includes(site.database.status)) site.connected.clear();
      else if (site.ingress.length > 0) site.connected.add('others').add('applications');
      if (site.services.every(({ running }) => running === 0)) site.connected.delete('applications');
    }
    const writing = [...this.sites.values()].filter(({ database, connected }) => database?.copyOf === undefined && connected.size > 0);
    if (writing.length > 1 && !this.#excused) this.broken.push('two timelines are written on');
  }

  #facts(place: SiteOnAws, other: SiteOnAws): SiteFacts {
    const site = this.sites.get(place) as ToySite;
    if (!site.reachable)
      return {
        database: undefined,
        before: undefined,
        lag: undefined,
        ingress: undefined,
        group: undefined,
        services: undefined,
        silent: undefined,
        alarmed: undefined,
      };
    const dark = site.services.filter(({ running }) => running === 0).map(({ system }) => system);
    const lag = this.sites.get(other)?.reachable ? [{ atMs: this.atMs - 60_000, seconds: 2 }] : [];
    const { connected: _, ...rest } = site;
    return structuredClone({ ...rest, lag, group: place.prefix, silent: dark, alarmed: dark });
  }

  /** @returns false while the database is busy */
  #perform(of: Handover, change: Change): boolean {
    if (change.do === 'turn-names') {
      this.checks = this.checks.map(check => (check.id === change.check ? { ...check, held: change.hold } : check));
      return true;
    }
    const place = change.at === 'from' ? of.from : of.to;
    const site = this.sites.get(place) as ToySite;
    if (!site.reachable) throw new Error(`${titleOf(place)} does not answer`);
    if (ORDERS.includes(change.do) && !OBEYS.includes(site.database?.status ?? '')) return false;
    this.#refuse(of, place, change);
    this.#at(of, site, change);
    return true;
  }

  /** As AWS does: by what would be sent. */
  #refuse({ city, from, to }: Handover, place: SiteOnAws, change: Change): void {
    const refused =
      change.do === 'copy'
        ? refusalOf('CreateDBInstanceReadReplica', copyRequest(city, place, place === from ? to : from, change.group))
        : change.do === 'settle' && refusalOf('ModifyDBInstance', settledBy(change.settings));
    if (refused) throw new Error(`${refused.code}: ${refused.message}`);
  }

  #at(of: Handover, site: ToySite, change: Exclude<Change, { do: 'turn-names' }>): void {
    const { database } = site;
    switch (change.do) {
      case 'scale': {
        const service = site.services.find(({ system }) => system === change.system);
        if (service === undefined) throw new Error(`no service ${change.system}`);
        service.desired = change.tasks;
        this.#soon(() => {
          service.running = service.desired;
        });
        return;
      }
      case 'close':
        site.ingress = [];
        return;
      case 'open':
        if (database?.fencedSinceMs !== undefined) this.broken.push('a fenced database lets a session in');
        site.ingress = [...site.ingress, ...change.rules.map((rule, index) => ({ ...rule, id: `opened-${index}`, group: change.group }))];
        return;
      case 'copy':
        site.database = {
          status: 'creating',
          copyOf: 'arn:of-the-other',
          createdMs: this.atMs,
          // RDS's own, whatever the source has.
          settings: {
            parameterGroup: 'default.postgres15',
            retentionDays: 0,
            mostStorageGib: undefined,
            twoZones: false,
            backupWindow: '14:11-14:41',
            maintenanceWindow: 'tue:16:00-tue:16:30',
          },
          parameters: 'in-sync',
          restartAskedMs: undefined,
          fencedSinceMs: undefined,
          writerSinceMs: undefined,
        };
        this.#available(site.database);
        return;
      case 'set-aside':
        this.#soon(() => {
          site.database = null;
          site.before = true;
        });
        return;
      default:
        if (database === null) throw new Error('no database');
        if (change.do === 'mark' && change.mark === 'fenced-since' && site.connected.size > 0)
          this.broken.push('marked as fenced with a session in it');
        this.#database(of, database, change);
    }
  }

  #database(
    of: Handover,
    database: NonNullable<ToySite['database']>,
    change: Extract<Change, { do: 'reboot' | 'mark' | 'unmark' | 'promote' | 'second-zone' | 'settle' }>,
  ): void {
    const marks: Readonly<Record<Mark, 'restartAskedMs' | 'fencedSinceMs' | 'writerSinceMs'>> = {
      'restart-asked': 'restartAskedMs',
      'fenced-since': 'fencedSinceMs',
      'writer-since': 'writerSinceMs',
    };
    if (change.do === 'mark') database[marks[change.mark]] = change.atMs;
    else if (change.do === 'unmark') database[marks[change.mark]] = undefined;
    else if (change.do === 'second-zone') database.settings = { ...database.settings, twoZones: true };
    else if (change.do === 'settle') {
      database.status = 'modifying';
      database.settings = { ...database.settings, ...change.settings };
      if (change.settings.parameterGroup !== undefined) database.parameters = 'pending-reboot';
      this.#available(database);
    } else if (change.do === 'reboot') {
      // It shows a little later, as there: until then sessions that were in are in.
      this.after(10_000, () => {
        database.status = 'rebooting';
        database.parameters = 'in-sync';
        this.#available(database);
      });
    } else {
      this.#excused ||= of.unreachable || of.unfenced;
      database.status = 'modifying';
      this.#soon(() => {
        database.copyOf = undefined;
        database.status = 'available';
      });
    }
  }

  #available(database: NonNullable<ToySite['database']>): void {
    this.#soon(() => {
      database.status = 'available';
    });
  }
}

/** AWS in memory: what is asked for takes a while, and a clock that only waiting moves. */

import type { Place } from '../../../infra/aws/names.js';
import type { Change, Mark } from '../../../runbooks/aws/change.js';
import type { Cloud } from '../../../runbooks/aws/cloud.js';
import type { Pace } from '../../../runbooks/aws/engine.js';
import { mayPromoteOver } from '../../../runbooks/aws/fence.js';
import { admittedAt, alarmsAt, type Handover, restingTasks, titleOf, type Verb } from '../../../runbooks/aws/handover.js';
import type { DatabaseFacts, HealthCheck, Ingress, ServiceFacts, SiteFacts } from '../../../runbooks/aws/situation.js';
import { deployed } from '../../aws/deployments.js';
import { smallCity } from '../../site/cities.js';

const { city, primary, backup } = deployed(smallCity);

/** A handover of the toy city; `to` is where it goes. */
export function handover(verb: Verb, to: 'primary' | 'backup', accepted: Partial<Pick<Handover, 'unreachable' | 'loss'>> = {}): Handover {
  const [from, taking] = to === 'backup' ? [primary, backup] : [backup, primary];
  return { verb, city, from, to: taking, unreachable: false, loss: false, ...accepted };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface ToySite {
  database: Writable<DatabaseFacts> | null;
  before: boolean;
  ingress: readonly Ingress[];
  services: Writable<ServiceFacts>[];
  reachable: boolean;
}

/** Thrown in place of SIGKILL. */
export class Killed extends Error {}

export const SLOW_MS = 30_000;

export class ToyAws {
  atMs = Date.parse('2026-11-25T08:00:00Z');
  readonly sites = new Map<Place, ToySite>();
  readonly performed: string[] = [];
  /** Anything that must never be, as it was seen. */
  readonly broken: string[] = [];
  checks: HealthCheck[];
  /** Changes until the process dies; `after`: when the change has been accepted already. */
  dieAt: { readonly change: number; readonly after: boolean } | undefined;
  readonly #later: { readonly atMs: number; readonly act: () => void }[] = [];

  constructor() {
    for (const place of [primary, backup]) this.sites.set(place, this.#fresh(place));
    const both = handover('failover', 'backup');
    this.checks = [primary, backup].flatMap(place =>
      alarmsAt(both, place).map((alarm, index) => ({ id: `${place.prefix}-${index}`, alarm, region: place.region, heldAway: false })),
    );
  }

  #fresh(place: Place): ToySite {
    const both = handover('failover', 'backup');
    const copyOf = place === primary ? undefined : 'arn:of-the-primary';
    return {
      database: {
        status: 'available',
        copyOf,
        twoZones: copyOf === undefined,
        restartAskedMs: undefined,
        fencedSinceMs: undefined,
        writerSinceMs: undefined,
      },
      before: false,
      ingress: admittedAt(both, place).map((rule, index) => ({ ...rule, id: `rule-${index}`, group: place.prefix })),
      services: restingTasks(both, place).map(({ system, tasks }) => ({ system, desired: tasks, running: tasks })),
      reachable: true,
    };
  }

  site(role: 'primary' | 'backup'): ToySite {
    return this.sites.get(role === 'primary' ? primary : backup) as ToySite;
  }

  /** Sites whose database takes writes and lets somebody in. */
  writers(): readonly string[] {
    return [...this.sites]
      .filter(([, { database, ingress }]) => database !== null && database.copyOf === undefined && ingress.length > 0)
      .map(([place]) => titleOf(place));
  }

  cloud(of: Handover): Cloud {
    return {
      look: async () => ({ nowMs: this.atMs, from: this.#facts(of.from, of.to), to: this.#facts(of.to, of.from), checks: this.checks }),
      perform: async change => {
        const dies = this.dieAt?.change === this.performed.length ? this.dieAt : undefined;
        if (dies?.after === false) throw new Killed();
        this.performed.push(change.do);
        this.#perform(of, change);
        if (dies !== undefined) throw new Killed();
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

  /** Time passes, and what was asked for comes about. */
  pass(ms: number): void {
    this.atMs += ms;
    for (const { act } of this.#later.filter(({ atMs }) => atMs <= this.atMs)) act();
    const left = this.#later.filter(({ atMs }) => atMs > this.atMs);
    this.#later.splice(0, this.#later.length, ...left);
  }

  #soon(act: () => void): void {
    this.#later.push({ atMs: this.atMs + SLOW_MS, act });
  }

  #facts(place: Place, other: Place): SiteFacts {
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
    return structuredClone({ ...site, lag, group: place.prefix, silent: dark, alarmed: dark });
  }

  #perform(of: Handover, change: Change): void {
    if (change.do === 'turn-names') {
      this.checks = this.checks.map(check => (check.id === change.check ? { ...check, heldAway: change.away } : check));
      return;
    }
    const place = change.at === 'from' ? of.from : of.to;
    const site = this.sites.get(place) as ToySite;
    if (!site.reachable) throw new Error(`${titleOf(place)} does not answer`);
    this.#at(of, site, change);
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
        if (database?.fencedSinceMs !== undefined) this.broken.push('a fenced database lets somebody in');
        site.ingress = [...site.ingress, ...change.rules.map((rule, index) => ({ ...rule, id: `opened-${index}`, group: change.group }))];
        return;
      case 'copy':
        site.database = {
          status: 'creating',
          copyOf: 'arn:of-the-other',
          twoZones: false,
          restartAskedMs: undefined,
          fencedSinceMs: undefined,
          writerSinceMs: undefined,
        };
        this.#settle(site.database);
        return;
      case 'set-aside':
        this.#soon(() => {
          site.database = null;
          site.before = true;
        });
        return;
      default:
        if (database === null) throw new Error('no database');
        this.#database(of, database, change);
    }
  }

  #database(
    of: Handover,
    database: NonNullable<ToySite['database']>,
    change: Extract<Change, { do: 'reboot' | 'mark' | 'unmark' | 'promote' | 'second-zone' }>,
  ): void {
    const marks: Readonly<Record<Mark, 'restartAskedMs' | 'fencedSinceMs' | 'writerSinceMs'>> = {
      'restart-asked': 'restartAskedMs',
      'fenced-since': 'fencedSinceMs',
      'writer-since': 'writerSinceMs',
    };
    if (change.do === 'mark') database[marks[change.mark]] = change.atMs;
    else if (change.do === 'unmark') database[marks[change.mark]] = undefined;
    else if (change.do === 'second-zone') database.twoZones = true;
    else if (change.do === 'reboot') {
      database.status = 'rebooting';
      this.#settle(database);
    } else {
      if (database.status !== 'available') throw new Error('InvalidDBInstanceState');
      if (!mayPromoteOver(this.#facts(of.from, of.to), of.unreachable)) this.broken.push('promoted before the other was fenced');
      database.status = 'modifying';
      this.#soon(() => {
        database.copyOf = undefined;
        database.status = 'available';
      });
    }
  }

  #settle(database: NonNullable<ToySite['database']>): void {
    this.#soon(() => {
      database.status = 'available';
    });
  }
}

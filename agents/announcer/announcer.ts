/** Keeps a router's kernel routes equal to what its site should announce. */

import { ANNOUNCEMENT_METRICS, type AnnouncedService, type AnnouncerConfiguration, type Edge } from '../contract/announcer.js';
import type { BothAddresses } from '../contract/configuration.js';
import { batch, type Route, routesOf } from './routes.js';
import { advance, initialState, resumedState, type ServiceRules, type ServiceState } from './service-state.js';
import { count, type Streak, startStreak } from './streak.js';

/** What an announcer needs of the world. */
export interface AnnouncerWorld {
  /** Monotonic, milliseconds. */
  nowMs(): number;
  readRoutes(): Promise<readonly Route[]>;
  runBatch(lines: readonly string[]): Promise<void>;
  readAnnounced(): Promise<ReadonlySet<string>>;
  writeAnnounced(announced: ReadonlySet<string>): Promise<void>;
  log(line: string): void;
}

/** The kernel's table is read again this often: a device that went down takes its routes along. */
const REREAD_MS = 5000;

/**
 * An announcer that takes over from what it finds: routes in the kernel are an earlier process's announcements and stay,
 * stored services without a route return, all others are founded.
 *
 * @throws when the kernel's routes cannot be read
 */
export async function openAnnouncer(configuration: AnnouncerConfiguration, world: AnnouncerWorld): Promise<Announcer> {
  const routes = await world.readRoutes();
  return new Announcer(configuration, world, routes, new Set(await storedServices(configuration.services, world)));
}

export class Announcer {
  readonly #states: Map<string, ServiceState>;
  readonly #streaks: Map<string, Streak>;
  #quorum = false;
  #readAtMs: number;
  #stepping = false;
  #complaint = '';

  constructor(
    readonly configuration: AnnouncerConfiguration,
    readonly world: AnnouncerWorld,
    private routes: readonly Route[],
    private readonly announced: Set<string>,
  ) {
    const { services, edges } = configuration;
    this.#readAtMs = world.nowMs();
    this.#states = new Map(services.map(service => [service.system, stateFrom(service, routes, announced, this.#readAtMs)]));
    this.#streaks = new Map(edges.flatMap(edge => services.map(service => streakFrom(service, edge, routes))));
  }

  /** Takes an edge's answer: the systems that it has a live application host for. */
  edgeAnswered(edge: Edge, systems: ReadonlySet<string>): void {
    for (const { system } of this.configuration.services) {
      const streak = this.#streaks.get(key(system, edge));
      if (streak !== undefined) this.#streaks.set(key(system, edge), count(streak, systems.has(system)));
    }
  }

  quorumAnswered(quorum: boolean): void {
    if (quorum !== this.#quorum) this.world.log(`quorum: ${quorum ? 'yes' : 'no'}`);
    this.#quorum = quorum;
  }

  /** Draws the conclusions from the latest answers and applies them. Never throws: what failed is logged and tried again. */
  async step(): Promise<void> {
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (const service of this.configuration.services) this.#observe(service);
      await this.#remember();
      await this.#apply();
    } catch (error) {
      this.#complain(`trying again: ${error}`);
    } finally {
      this.#stepping = false;
    }
  }

  #observe(service: AnnouncedService): void {
    const before = this.#state(service);
    const edges = this.#healthyEdges(service);
    const seen = { reachable: edges.length > 0, quorum: this.#quorum };
    const after = advance(rulesOf(this.configuration, service), before, seen, this.world.nowMs());
    this.#states.set(service.system, after);
    if (after.phase === before.phase) return;
    const why = `edges ${edges.map(({ address }) => address.v4).join(' ') || 'none'}, quorum ${this.#quorum ? 'yes' : 'no'}`;
    this.world.log(`${service.system}: ${before.phase} -> ${after.phase} (${why})`);
  }

  /** Before the announcement: were it announced and not stored, a power-off would make the return look like a founding. */
  async #remember(): Promise<void> {
    const fresh = this.configuration.services.filter(
      service => !this.announced.has(service.system) && this.#state(service).phase !== 'withdrawn',
    );
    if (fresh.length === 0) return;
    for (const { system } of fresh) this.announced.add(system);
    // A full disk must not take the services down: the price is one hold-down that will be missing.
    await this.world.writeAnnounced(this.announced).catch(error => this.world.log(`state not stored: ${error}`));
  }

  async #apply(): Promise<void> {
    if (this.world.nowMs() - this.#readAtMs >= REREAD_MS) await this.#reread();
    const lines = batch(
      this.routes,
      this.configuration.services.flatMap(service => this.#wantedRoutes(service)),
    );
    if (lines.length === 0) return;
    await this.world.runBatch(lines).catch(error => this.#complain(`routes not changed, trying again: ${error}`));
    await this.#reread();
  }

  async #reread(): Promise<void> {
    this.routes = await this.world.readRoutes();
    this.#readAtMs = this.world.nowMs();
  }

  #wantedRoutes(service: AnnouncedService): readonly Route[] {
    const { phase } = this.#state(service);
    if (phase === 'withdrawn') return [];
    return routesOf(
      service.address,
      phase,
      this.#healthyEdges(service).map(({ address }) => address),
    );
  }

  #healthyEdges({ system }: AnnouncedService): readonly Edge[] {
    return this.configuration.edges.filter(edge => this.#streaks.get(key(system, edge))?.healthy);
  }

  /** Steps come several times a second: the same trouble is logged once. */
  #complain(line: string): void {
    if (line !== this.#complaint) this.world.log(line);
    this.#complaint = line;
  }

  #state({ system }: AnnouncedService): ServiceState {
    return this.#states.get(system) ?? initialState(true, this.world.nowMs());
  }
}

const key = (system: string, { address }: Edge): string => `${system} ${address.v4}`;

const rulesOf = ({ role, holdDownSeconds, quorumGraceSeconds }: AnnouncerConfiguration, { state }: AnnouncedService): ServiceRules => ({
  role,
  state,
  holdDownMs: holdDownSeconds * 1000,
  quorumGraceMs: quorumGraceSeconds * 1000,
});

/** State that cannot be read proves no founding: every service then returns through the hold-down. */
const storedServices = (services: readonly AnnouncedService[], world: AnnouncerWorld): Promise<ReadonlySet<string>> =>
  world.readAnnounced().catch(error => {
    world.log(`stored state unreadable, holding down all: ${error}`);
    return new Set(services.map(({ system }) => system));
  });

function stateFrom(
  { system, address }: AnnouncedService,
  routes: readonly Route[],
  announced: ReadonlySet<string>,
  nowMs: number,
): ServiceState {
  const metrics = routes.filter(route => isOne(address, route.address)).map(({ metric }) => metric);
  if (metrics.includes(ANNOUNCEMENT_METRICS.preferred)) return resumedState('preferred', nowMs);
  if (metrics.includes(ANNOUNCEMENT_METRICS.held)) return resumedState('held', nowMs);
  return initialState(announced.has(system), nowMs);
}

/** An edge that a route uses counts as healthy until it fails twice: a restarted announcer withdraws nothing that works. */
const streakFrom = ({ system, address }: AnnouncedService, edge: Edge, routes: readonly Route[]): [string, Streak] => [
  key(system, edge),
  startStreak(routes.some(route => isOne(address, route.address) && route.via.some(hop => isOne(edge.address, hop)))),
];

const isOne = ({ v4, v6 }: BothAddresses, address: string): boolean => address === v4 || address === v6;

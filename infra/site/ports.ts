/** TCP ports of what runs on site hosts, as the allowed flows of the inventory name them. */
export const PORT = {
  etcdClient: 2379,
  etcdPeer: 2380,
  /** Health and metrics of etcd, and nothing else. */
  etcdMetrics: 2381,
  postgres: 5432,
  /** Patroni's REST interface: health checks, metrics, switchover. */
  patroni: 8008,
  pgbackrest: 8432,
  /** HAProxy on a site's edge: metrics; whether a system's application hosts answer; the one database that may write. */
  edgeMetrics: 8404,
  edgeHealth: 8405,
  writer: 5000,
  prometheus: 9090,
  alertmanager: 9093,
  alertmanagerCluster: 9094,
  blackbox: 9115,
  /** The ward agents' reflector, UDP. */
  reflector: 8862,
  /** Receiver of Alertmanager's notifications on its own host; the ward agent's metrics on its own. */
  notices: 9095,
  wardMetrics: 9101,
} as const;

/** The port of a system's application on an application host. */
export const appPort = (system: number): number => 8000 + system;

import { stringify } from 'yaml';
import { LANGUAGES } from '../infra/city/identity.js';
import type { City, Site } from '../infra/city/model.js';
import { wallUid } from './wall/language.js';
import { sourceName, sourceUid } from './wall/source.js';
import { wall } from './wall/wall.js';

/** A Prometheus that dashboards may ask. */
export interface Source {
  readonly site: Site;
  readonly url: string;
}

/** A file of Grafana's folder, its path relative to it. */
export interface GrafanaFile {
  readonly path: string;
  readonly content: string;
}

/** What Grafana reads as it is: data sources, where dashboards are stored, and the dashboards. Pure: same city, same bytes. */
export const grafanaFiles = (city: City, sources: readonly Source[]): readonly GrafanaFile[] => [
  { path: 'provisioning/datasources/citydc.yaml', content: yaml(datasources(sources)) },
  { path: 'provisioning/dashboards/citydc.yaml', content: yaml(providers(city)) },
  ...LANGUAGES.map(language => ({
    path: `dashboards/${wallUid(language)}.json`,
    content: `${JSON.stringify(wall(city, language), undefined, 2)}\n`,
  })),
];

/** Grafana expands this variable in provisioning files, so that the folder works wherever it is put. */
const FOLDER_VARIABLE = 'GF_PATHS_PROVISIONING';

const HEADER = `# Rendered by \`citydc render grafana\`: change the inventory, not this file.
#
# Start Grafana with the environment variable ${FOLDER_VARIABLE} set to the absolute path of the folder
# 'provisioning' that this file is in; the folder 'dashboards' must stay beside it:
#   ${FOLDER_VARIABLE}=/srv/citydc/grafana/provisioning grafana server --homepath /usr/share/grafana
# Grafana's container image sets it: mount the two folders as /etc/grafana/provisioning and /etc/grafana/dashboards.
# Setting paths.provisioning in grafana.ini is not enough: the dashboards are found through the variable.
`;
const yaml = (value: object): string => HEADER + stringify(value, { lineWidth: 0 });

const datasources = (sources: readonly Source[]): object => ({
  apiVersion: 1,
  datasources: sources.map(({ site, url }, index) => ({
    name: sourceName(site),
    uid: sourceUid(site),
    type: 'prometheus',
    access: 'proxy',
    url,
    isDefault: index === 0,
    editable: false,
    // The shortest interval between samples. Alerts are Prometheus's own: Grafana must not offer to edit them.
    jsonData: { httpMethod: 'POST', timeInterval: '5s', manageAlerts: false },
  })),
});

const providers = (city: City): object => ({
  apiVersion: 1,
  providers: [
    {
      name: 'citydc',
      folder: city.name.vi,
      folderUid: 'citydc',
      type: 'file',
      allowUiUpdates: false,
      disableDeletion: true,
      updateIntervalSeconds: 30,
      options: { path: `\${${FOLDER_VARIABLE}}/../dashboards` },
    },
  ],
});

import { isoSeconds } from '../base/time';
import type { Cloud } from '../cloud/cloud';
import type { Place } from '../notify/fact';
import type { LeakedKey } from './observation';
import { detailOf } from './observe';

/** As many as are looked up and told; a key may be found in hundreds of forks. */
const mostPlaces = 10;

/** Where a key was found, the latest first, as far as Security Center tells. */
export function placesOf(cloud: Cloud, { findings }: LeakedKey): Promise<Place[]> {
  return Promise.all(
    findings.slice(0, mostPlaces).map(async (finding): Promise<Place> => {
      const { id, foundAt } = finding;
      const { platform, repository, file, url = finding.url } = (await detailOf(cloud, finding)) ?? {};
      return {
        finding: id,
        ...(foundAt && { foundAt: isoSeconds(foundAt) }),
        ...(platform && { platform }),
        ...(repository && { repository }),
        ...(file && { file }),
        ...(url && { url }),
      };
    }),
  );
}

/** `Found at https://… (finding 389357, and 2 more).` */
export function whereFound({ findings: [latest, ...others] }: LeakedKey): string {
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  const { url, id } = latest;
  return url ? `Found at ${url} (finding ${id}${more}).` : `See finding ${id}${more} in Security Center.`;
}

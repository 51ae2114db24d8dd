import { query } from './cluster-fixtures';
import { createDatabaseFromTemplate, startTemporaryCluster } from './temporary-cluster';

describe('startTemporaryCluster', () => {
  it('serves databases that are copies of a template, each its own', async () => {
    const cluster = await startTemporaryCluster();
    try {
      const { connectionUrl } = cluster;
      await query(connectionUrl, "CREATE TABLE words (word text); INSERT INTO words VALUES ('template')");
      const one = await createDatabaseFromTemplate({ connectionUrl, name: 'one', template: 'tams' });
      const two = await createDatabaseFromTemplate({ connectionUrl, name: 'two', template: 'tams' });
      await query(one, "INSERT INTO words VALUES ('one')");
      expect(await query(one, 'SELECT word FROM words')).toEqual([{ word: 'template' }, { word: 'one' }]);
      expect(await query(two, 'SELECT word FROM words')).toEqual([{ word: 'template' }]);
      const fresh = await createDatabaseFromTemplate({ connectionUrl, name: 'one', template: 'tams' });
      expect(await query(fresh, 'SELECT word FROM words')).toEqual([{ word: 'template' }]);
    } finally {
      await cluster.stop();
    }
  });
});

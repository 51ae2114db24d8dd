import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What live playlists have told players, so that every replica goes on telling the same. */
const statements = [
  `CREATE TABLE live_playlists (
     flow_id         uuid PRIMARY KEY REFERENCES flows (id) ON DELETE CASCADE,
     target_duration int NOT NULL,
     published       timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  // Entries in time order; sequence goes up by one from each to the next. A gap has no segment.
  `CREATE TABLE live_playlist_entries (
     flow_id       uuid NOT NULL REFERENCES live_playlists (flow_id) ON DELETE CASCADE,
     end_ns        int8 NOT NULL,
     start_ns      int8 NOT NULL,
     sequence      int8 NOT NULL,
     discontinuity int8 NOT NULL,
     gap           boolean NOT NULL,
     PRIMARY KEY (flow_id, end_ns)
   )`,
];

export class LivePlaylists1764480000000 implements MigrationInterface {
  readonly name = 'LivePlaylists1764480000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE live_playlist_entries, live_playlists');
  }
}

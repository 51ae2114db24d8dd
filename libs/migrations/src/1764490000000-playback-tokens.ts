import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens in addresses of playlists: who may play what, until when. */
const statements = [
  `CREATE TABLE playback_tokens (
     id           uuid PRIMARY KEY,
     kind         text NOT NULL CHECK (kind IN ('flow', 'source')),
     resource_id  uuid NOT NULL,
     principal_id text NOT NULL,
     name         text NOT NULL,
     method       text NOT NULL,
     scopes       text[] NOT NULL,
     groups       text[] NOT NULL,
     created      timestamptz NOT NULL DEFAULT clock_timestamp(),
     expires      timestamptz NOT NULL,
     revoked      timestamptz
   )`,
  'CREATE INDEX playback_tokens_holder ON playback_tokens (principal_id, resource_id, expires)',
  'CREATE INDEX playback_tokens_expiry ON playback_tokens (expires)',
];

export class PlaybackTokens1764490000000 implements MigrationInterface {
  readonly name = 'PlaybackTokens1764490000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE playback_tokens');
  }
}

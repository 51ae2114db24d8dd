import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens for URLs (`access_token`), issued by administrators. The token itself is not here, only its SHA-256. */
const statements = [
  `CREATE TABLE access_tokens (
     id         uuid PRIMARY KEY,
     token_hash bytea NOT NULL,
     name       text NOT NULL,
     scopes     text[] NOT NULL,
     groups     text[] NOT NULL,
     created_by text,
     created    timestamptz NOT NULL DEFAULT clock_timestamp(),
     expires    timestamptz NOT NULL,
     revoked    timestamptz
   )`,
  'CREATE UNIQUE INDEX access_tokens_hash ON access_tokens (token_hash)',
  'CREATE INDEX access_tokens_created ON access_tokens (created, id)',
];

export class AccessTokens1763900000000 implements MigrationInterface {
  readonly name = 'AccessTokens1763900000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE access_tokens');
  }
}

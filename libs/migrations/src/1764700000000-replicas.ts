import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A line about each process that served this store lately: what operators see of one replica at another, and when each started. */
export class Replicas1764700000000 implements MigrationInterface {
  readonly name = 'Replicas1764700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE replicas (
         id       uuid PRIMARY KEY,
         name     text NOT NULL,
         version  text NOT NULL,
         started  timestamptz NOT NULL,
         seen     timestamptz NOT NULL,
         stopped  timestamptz,
         status   text NOT NULL,
         summary  text NOT NULL
       )`,
    );
    await queryRunner.query('CREATE INDEX replicas_seen ON replicas (seen)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE replicas');
  }
}

import { Module } from '@nestjs/common';
import { StorageModule } from '@tams/storage';
import { ConsoleRoutes } from './console.routes';

/** The console's page, served beside the API. */
@Module({ imports: [StorageModule], providers: [ConsoleRoutes] })
export class ConsolePageModule {}

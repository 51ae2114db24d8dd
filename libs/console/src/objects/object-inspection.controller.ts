import { Controller, Get, Param } from '@nestjs/common';
import { objectId } from '@tams/objects';
import { objectInspectionOperations } from './object-inspection.operations';
import type { ObjectInspection } from './object-inspection.schema';
import { ObjectInspectionService } from './object-inspection.service';

/** `/console/api/objects/{objectId}`. */
@Controller('console/api/objects')
export class ObjectInspectionController {
  constructor(private readonly objects: ObjectInspectionService) {}

  @objectInspectionOperations.get
  @Get(':objectId')
  get(@Param('objectId', { schema: objectId }) id: string): Promise<ObjectInspection> {
    return this.objects.inspect(id);
  }
}

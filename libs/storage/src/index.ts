/** Bytes and signed URLs: where media lies, whatever it is. Knows no object and no Flow. */
export { BackendAccess, isOpenTo } from './backends/backend-access';
export { unobserved } from './backends/observed-backend';
export type * from './backends/storage-backend';
export { StorageBackends } from './backends/storage-backends';
export { checksumAlgorithms, type UploadChecksum } from './backends/upload-checksum';
export { FilesystemBackend, ObjectNotStoredError, type ReceivedObject } from './filesystem/filesystem-backend';
export { MEDIA_PATH, type MediaOperation, objectIdOf, type SignedMedia } from './filesystem/media-urls';
export { entityTagOf, type ObjectFile } from './filesystem/object-file';
export { ObjectFileDamagedError, type ObjectTrailer } from './filesystem/object-trailer';
export { S3StorageBackend } from './s3/s3-storage-backend';
export { StorageModule } from './storage.module';

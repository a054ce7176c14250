/** What the image tells Node (deploy/Dockerfile): a service is measured as it is shipped. */
export const IMAGE_FLAGS: readonly string[] = ['--max-semi-space-size=64'];

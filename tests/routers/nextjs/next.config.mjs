export default {
  output: 'export',
  // A folder for each page, which any server of files understands.
  trailingSlash: true,
  turbopack: { root: import.meta.dirname },
  // Every build here begins in a clean folder.
  experimental: { turbopackFileSystemCacheForBuild: false },
};

/**
 * Imported by every part that loads later. The bundler makes one chunk for each combination of parts that use a file;
 * with this, all that the first screen needs is used by all, and comes as one chunk instead of nineteen.
 */
import "./app.tsx";

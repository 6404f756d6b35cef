/* The one place that says which release this is. */
#ifndef CORRIDOR_VERSION_H
#define CORRIDOR_VERSION_H

#define CORRIDOR_VERSION "0.1.0"

#endif

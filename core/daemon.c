/*
 * Giving up root. The hard part is that it must be complete (groups first, all three ids, no way
 * back), so the way back is tried at the end.
 */
#include <corridor/daemon.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

bool daemon_drop_user(const char *user)
{
    if (geteuid() != 0 || user[0] == '\0') {
        return true;
    }
    errno = 0;
    const struct passwd *entry = getpwnam(user);
    if (!entry || entry->pw_uid == 0) {
        (void)fprintf(stderr,
                      "CORRIDOR_USER is '%s'; it must be a user of this machine, not root\n", user);
        return false;
    }
    if (initgroups(user, entry->pw_gid) != 0 ||
        setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) != 0 ||
        setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) != 0 || setuid(0) == 0) {
        (void)fprintf(stderr, "cannot become the user '%s': %s\n", user, strerror(errno));
        return false;
    }
    return true;
}

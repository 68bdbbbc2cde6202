/** How the supervisor's own log looks. */
package dev.baton.supervisor.logging;

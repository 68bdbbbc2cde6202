/** The two processes that pass descriptors through our channel, to be measured. */
package dev.baton.benchmarks.passing;

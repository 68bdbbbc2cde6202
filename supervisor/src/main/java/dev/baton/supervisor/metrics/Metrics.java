package dev.baton.supervisor.metrics;

import dev.baton.supervisor.admin.StatusView;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state of a supervisor as Prometheus reads it. A meter lives as long as what it is a figure
 * of, so workers that have ended leave nothing behind. Thread-safe. Loading it takes some tenths of
 * a second, so it is made when the first reader comes.
 */
public final class Metrics {
  private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Sample.Meter, Cell> cells = new HashMap<>();

  /** The newest value of a meter, which Micrometer asks for when it is read. */
  private static final class Cell {
    private double value;
    private Meter meter;

    private double value() {
      return value;
    }
  }

  /** With the figures of this JVM. */
  public Metrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
  }

  /** The figures of a state in Prometheus' text format. */
  public synchronized String scrape(StatusView status) {
    update(StatusSamples.of(status, ProcessFigures::read));
    return registry.scrape(CONTENT_TYPE);
  }

  private void update(List<Sample> samples) {
    Set<Sample.Meter> there = new HashSet<>();
    for (Sample sample : samples) {
      there.add(sample.meter());
      Cell cell = cells.computeIfAbsent(sample.meter(), m -> new Cell());
      cell.value = sample.value();
      if (cell.meter == null) {
        cell.meter = register(sample, cell);
      }
    }
    for (Sample.Meter gone : List.copyOf(cells.keySet())) {
      if (!there.contains(gone)) {
        registry.remove(cells.remove(gone).meter);
      }
    }
  }

  private Meter register(Sample sample, Cell cell) {
    String unit = sample.unit().isEmpty() ? null : sample.unit();
    return switch (sample.kind()) {
      case COUNTER ->
          FunctionCounter.builder(sample.name(), cell, Cell::value)
              .tags(tags(sample))
              .baseUnit(unit)
              .description(sample.help())
              .register(registry);
      case GAUGE ->
          Gauge.builder(sample.name(), cell, Cell::value)
              .tags(tags(sample))
              .baseUnit(unit)
              .description(sample.help())
              .register(registry);
    };
  }

  private static Tags tags(Sample sample) {
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < sample.labels().size(); i += 2) {
      tags.add(Tag.of(sample.labels().get(i), sample.labels().get(i + 1)));
    }
    return Tags.of(tags);
  }
}

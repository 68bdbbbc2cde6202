package dev.baton.worker.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The options that a server sets before it is known what it binds. They matter for a listener that
 * is bound for real; a held one has those of the supervisor's configuration.
 */
final class ListenerOptions extends DefaultChannelConfig {
  private final Map<ChannelOption<?>, Object> later = new ConcurrentHashMap<>();

  ListenerOptions(Channel channel) {
    super(channel);
  }

  @Override
  public <T> boolean setOption(ChannelOption<T> option, T value) {
    if (!super.setOption(option, value)) {
      validate(option, value);
      later.put(option, value);
    }
    return true;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> T getOption(ChannelOption<T> option) {
    Object value = later.get(option);
    return value != null ? (T) value : super.getOption(option);
  }

  void copyTo(ChannelConfig config) {
    later.forEach((option, value) -> copy(config, option, value));
  }

  @SuppressWarnings("unchecked")
  private static <T> void copy(ChannelConfig config, ChannelOption<T> option, Object value) {
    config.setOption(option, (T) value);
  }
}
